"""What arrived, measured in decoded samples."""
