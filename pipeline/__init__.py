"""cewen 策问: Chinese policy documents to a structured, quotable, queryable policy knowledge table."""
