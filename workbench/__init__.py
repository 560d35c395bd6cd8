"""The auditors' web application: sign-in and the queue of published cases."""
