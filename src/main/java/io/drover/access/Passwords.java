package io.drover.access;

import io.drover.access.AccessProperties.User;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.security.crypto.bcrypt.BCrypt;

/**
 * Compares passwords. A right one is remembered for a minute by a keyed hash: bcrypt takes tens of
 * milliseconds, and programs log in with every call.
 */
final class Passwords {
  private static final long KEPT = Duration.ofMinutes(1).toNanos();
  private static final int MOST = 1_000;

  private final SecretKeySpec key;
  private final Map<String, Right> known =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Right> eldest) {
          return size() > MOST;
        }
      };

  /**
   * Compared against when there is no such user, so that the answer takes as long. Made when it is
   * first needed: it would be a tenth of a second of each start.
   */
  private static final class Nobody {
    static final String HASH = BCrypt.hashpw("nobody", BCrypt.gensalt(10));
  }

  private record Right(byte[] mac, long at) {}

  Passwords() {
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    key = new SecretKeySpec(random, "HmacSHA256");
  }

  boolean right(@org.jspecify.annotations.Nullable User user, String password) {
    if (user == null) {
      BCrypt.checkpw(password, Nobody.HASH);
      return false;
    }
    byte[] mac = mac(user.name() + "\n" + user.passwordHash() + "\n" + password);
    synchronized (known) {
      Right before = known.get(user.name());
      if (before != null
          && System.nanoTime() - before.at() < KEPT
          && MessageDigest.isEqual(before.mac(), mac)) {
        return true;
      }
    }
    if (password.getBytes(StandardCharsets.UTF_8).length > 72) {
      return false; // bcrypt looks at 72 bytes only
    }
    boolean right = BCrypt.checkpw(password, user.passwordHash());
    if (right) {
      synchronized (known) {
        known.put(user.name(), new Right(mac, System.nanoTime()));
      }
    }
    return right;
  }

  private byte[] mac(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has HmacSHA256", e);
    }
  }
}
