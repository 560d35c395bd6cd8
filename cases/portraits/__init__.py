"""Portraits (画像): one record a subject, and one page that a person reads in half a minute."""
