package io.drover.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.jspecify.annotations.Nullable;

/** The secrets of this run in files that only their owner can read. */
final class Credentials {
  private final Path folder;
  private final Logins logins;
  private final Guests guests;
  private @Nullable ServiceNow serviceNow;
  private @Nullable Chat slack;
  private @Nullable VCenterApi vcenter;
  private @Nullable MoveApi move;
  private @Nullable AwxApi awx;

  Credentials(Path folder, Logins logins, Guests guests) {
    this.folder = folder.toAbsolutePath();
    this.logins = logins;
    this.guests = guests;
  }

  void serviceNow(ServiceNow office) {
    serviceNow = office;
  }

  void migration(VCenterApi from, MoveApi by, AwxApi after) {
    awx = after;
    vcenter = from;
    move = by;
  }

  void slack(Chat chat) {
    slack = chat;
  }

  /** Where they are; written anew. */
  Path write() throws IOException {
    Path key = secretly("guest_key");
    try (OutputStream out = Files.newOutputStream(key)) {
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(
          guests.loginKey(), "simulator", null, out);
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
    ObjectNode credentials = Json.object();
    credentials.put("username", logins.username()).put("password", logins.password());
    credentials.put("viewerUsername", logins.viewer());
    credentials.put("viewerPassword", logins.viewerPassword());
    credentials.put("apiKey", logins.apiKey());
    ServiceNow office = serviceNow;
    if (office != null) {
      office.logins().write(credentials);
    }
    Chat chat = slack;
    if (chat != null) {
      credentials.put("slackBotToken", chat.botToken());
      credentials.put("slackSigningSecret", chat.signingSecret());
    }
    VCenterApi from = vcenter;
    MoveApi by = move;
    AwxApi after = awx;
    if (from != null && by != null && after != null) {
      credentials.put("awxToken", after.token);
      credentials.put("vcenterUsername", from.username).put("vcenterPassword", from.password);
      credentials.put("moveUsername", by.username).put("movePassword", by.password);
    }
    credentials.put("guestUser", guests.user()).put("guestPassword", guests.password());
    credentials.put("guestKey", key.toString());
    Path file = secretly("credentials.json");
    return Files.writeString(file, credentials.toString(), StandardCharsets.UTF_8);
  }

  /** A new file that only its owner can read. */
  Path secretly(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.deleteIfExists(file);
    try {
      return Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (UnsupportedOperationException e) {
      return Files.createFile(file); // a file system without such permissions
    }
  }
}
