"""What was decided: deliveries, acceptances, evaluations, flips, messages, answers. Rows are appended."""
