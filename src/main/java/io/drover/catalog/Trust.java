package io.drover.catalog;

/** Whom a file comes from, and what it may do therefore. */
public enum Trust {
  /** Written by the people who run Drover: not trusted with the JVM it runs in. */
  OPERATOR,
  /** A packaged runbook: the same rules, but a written reason may waive any of them. */
  SHIPPED,
  /**
   * A packaged door or policy: reaches systems by addresses and Java of its own, so only its form,
   * its names and literal secrets are looked at.
   */
  DOOR;

  /** How far a text is trusted: a packaged one as such, any other as an operator's. */
  public static Trust in(String fileName, byte[] text) {
    Trust packaged = PackagedRoutes.trustOf(fileName, text);
    return packaged == null ? OPERATOR : packaged;
  }
}
