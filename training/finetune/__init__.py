"""Fine-tuning on a user's own data: ranking, text classification, token classification.

`python -m training.finetune TASK --train FILE --out DIR`; see docs/fine-tuning.md.
"""
