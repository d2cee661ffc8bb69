"""Measurements that anyone can repeat; results are ratios or seconds with the machine's size beside them."""
