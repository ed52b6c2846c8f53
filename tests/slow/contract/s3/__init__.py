"""The drivers of S3, on moto."""
