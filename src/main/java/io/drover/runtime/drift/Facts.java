package io.drover.runtime.drift;

import io.drover.drift.VmFacts;
import io.drover.runtime.inventory.LatestPass;
import java.util.List;

/**
 * What pages of one pass say.
 *
 * @param vms can be added to
 */
record Facts(int pass, List<VmFacts> vms) implements LatestPass.Gathered {

  @Override
  public void add(LatestPass.Gathered page) {
    vms.addAll(((Facts) page).vms());
  }
}
