package io.drover.runtime.prism;

/** Who we are to a system, asked for at each call. */
interface Credentials {

  /** The header to send; kept for at most five minutes. */
  Header current();

  /**
   * The system answered 401 to this header.
   *
   * @return true when one more try with {@link #current} is in order; false when it is not: the
   *     header was fresh and repeating it may lock the account
   */
  boolean rejected(Header sent, boolean secondTime);

  /** A header; its value is a secret. */
  record Header(String name, String value) {
    @Override
    public String toString() {
      return name;
    }
  }
}
