package io.drover.runtime.prism;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/** An answer's body that breaks off instead of filling the memory. */
final class BoundedAnswer extends HttpEntityWrapper {
  /** A page of 100 VMs with all their fields is below one megabyte. */
  static final long MOST = 32L * 1024 * 1024;

  BoundedAnswer(HttpEntity entity) {
    super(entity);
  }

  /** Thrown where the body goes on beyond {@link #MOST}. */
  static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1L;

    TooLarge() {
      super("The answer is larger than " + MOST + " bytes");
    }
  }

  @Override
  public InputStream getContent() throws IOException {
    return new FilterInputStream(super.getContent()) {
      private long left = MOST;

      @Override
      public int read() throws IOException {
        int next = super.read();
        count(next < 0 ? 0 : 1);
        return next;
      }

      @Override
      public int read(byte[] into, int from, int length) throws IOException {
        int got = super.read(into, from, length);
        count(Math.max(0, got));
        return got;
      }

      private void count(int got) throws TooLarge {
        left -= got;
        if (left < 0) {
          throw new TooLarge();
        }
      }
    };
  }
}
