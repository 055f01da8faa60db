"""What stands on everything: home pages, the register, the public list, the trail."""
