package io.drover.runtime.doctor;

/** Looks at one system, or at one part of Drover itself. Whoever talks to a system brings it. */
public interface SystemCheck {

  /** As {@code prism production}. */
  String system();

  /**
   * Looks, on a thread of its own, and changes nothing. What it throws is a failed check.
   *
   * @param report takes what is found, at once
   */
  void look(Report report) throws Exception;
}
