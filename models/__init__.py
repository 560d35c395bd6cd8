"""Judge: detectors, ranker, explanation, evaluation and the registry; frames in, frames out."""
