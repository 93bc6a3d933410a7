package io.drover.wave;

import java.util.Set;

/**
 * A VM of the source as the graph sees it.
 *
 * @param id at vCenter, as {@code vm-42}
 * @param name not unique; hostile text
 * @param waves the waves that it is said to be in; more than one is a finding
 * @param tiers groups of VMs that go together
 */
public record WaveMember(String id, String name, Set<String> waves, Set<String> tiers) {

  public WaveMember {
    waves = Set.copyOf(waves);
    tiers = Set.copyOf(tiers);
  }
}
