"""Judge by rule: each with its legal hook, dated limits, evidence and protective conditions."""
