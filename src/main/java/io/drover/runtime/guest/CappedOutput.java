package io.drover.runtime.guest;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Keeps the end of what is written to it; a guest may write without end. */
final class CappedOutput extends OutputStream {
  private final byte[] ring;
  private long written;

  CappedOutput(int limit) {
    ring = new byte[limit];
  }

  @Override
  public synchronized void write(int b) {
    ring[(int) (written++ % ring.length)] = (byte) b;
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      write(bytes[i]);
    }
  }

  /** The end of it, as UTF-8; says so when the beginning is gone. */
  synchronized String text() {
    int kept = (int) Math.min(written, ring.length);
    byte[] last = new byte[kept];
    for (int i = 0; i < kept; i++) {
      last[i] = ring[(int) ((written - kept + i) % ring.length)];
    }
    String text = new String(last, StandardCharsets.UTF_8);
    return written > kept ? "[" + (written - kept) + " bytes before this]\n" + text : text;
  }
}
