"""An organization that is there already, written down as account_configs/."""
