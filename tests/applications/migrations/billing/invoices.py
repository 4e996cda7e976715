print("writes the invoices of the day")
