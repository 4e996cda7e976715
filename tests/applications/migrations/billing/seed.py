print("adds the price list, once")
