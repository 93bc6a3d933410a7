package io.drover.prism;

/** A part of the v4 API with versions of its own; one Prism Central serves different minors. */
public enum Namespace {
  VMM("vmm", 3),
  DATAPROTECTION("dataprotection", 4),
  PRISM("prism", 4),
  CLUSTERMGMT("clustermgmt", 3),
  NETWORKING("networking", 2),
  MONITORING("monitoring", 3);

  private final String path;
  private final int newestKnown;

  Namespace(String path, int newestKnown) {
    this.path = path;
    this.newestKnown = newestKnown;
  }

  public String path() {
    return path;
  }

  /** The last minor that this client was written for; a newer one that is served is not used. */
  public int newestKnown() {
    return newestKnown;
  }
}
