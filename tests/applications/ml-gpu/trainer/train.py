print("trains on what lies in /models")
