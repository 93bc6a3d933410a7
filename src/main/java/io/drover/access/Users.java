package io.drover.access;

import io.drover.access.AccessProperties.User;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.crypto.bcrypt.BCrypt;

/** The users that configuration names, or else the one made at the first start. */
final class Users {
  private static final Logger LOG = LoggerFactory.getLogger(Users.class);
  private final Map<String, User> byName = new HashMap<>();

  Users(AccessProperties properties) {
    properties.users().forEach(user -> byName.put(user.name(), user));
    if (byName.isEmpty()) {
      String hash = BCrypt.hashpw(bootstrap(properties.bootstrapFile()), BCrypt.gensalt(10));
      byName.put("admin", new User("admin", hash, Set.of(Role.ADMIN), Set.of()));
      LOG.info(
          "No users are configured; the user admin and its password are in {}",
          properties.bootstrapFile().toAbsolutePath());
    }
  }

  @Nullable User find(String name) {
    return byName.get(name);
  }

  private static String bootstrap(Path file) {
    try {
      if (Files.exists(file)) {
        for (String line : Files.readAllLines(file)) {
          if (line.startsWith("password=")) {
            return line.substring("password=".length());
          }
        }
        throw new IllegalStateException(
            file + " has no line password=… (expected: the file that Drover wrote, or none)");
      }
      byte[] random = new byte[24];
      new SecureRandom().nextBytes(random);
      String password = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      try {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } catch (UnsupportedOperationException e) {
        Files.createFile(file); // a file system without such permissions
      }
      Files.writeString(file, "user=admin\npassword=" + password + "\n");
      return password;
    } catch (IOException e) {
      throw new UncheckedIOException("The bootstrap file " + file + " cannot be used", e);
    }
  }
}
