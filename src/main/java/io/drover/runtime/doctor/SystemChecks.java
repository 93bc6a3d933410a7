package io.drover.runtime.doctor;

import java.util.List;

/** Those of one kind, as of all Prism Centrals. */
public record SystemChecks(List<? extends SystemCheck> all) {
  public SystemChecks {
    all = List.copyOf(all);
  }
}
