package io.drover.catalog;

/** One thing that every route file must keep to. */
interface Rule {

  /** What findings and waivers call it. */
  String name();

  void check(RouteFile file, Known known, Findings findings);

  /** Whether doors and policies are held to it too. */
  default boolean ofDoors() {
    return false;
  }
}
