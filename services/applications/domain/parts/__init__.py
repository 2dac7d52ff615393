"""What a case holds beside its papers and clocks; one module for each topic."""
