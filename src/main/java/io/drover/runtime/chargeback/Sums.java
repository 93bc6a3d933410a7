package io.drover.runtime.chargeback;

import io.drover.chargeback.Totals;
import io.drover.runtime.inventory.LatestPass;

/** The sums of pages of one pass. */
record Sums(int pass, Totals totals) implements LatestPass.Gathered {

  @Override
  public void add(LatestPass.Gathered page) {
    totals.add(((Sums) page).totals());
  }
}
