package io.drover.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * Starts the simulated world in a process of its own, says where it is, and stays until its parent
 * ends.
 */
public final class Simulator {
  private Simulator() {}

  /** Arguments as {@link Options} lists them. Prints one line, {@code SIMULATOR READY {…}}. */
  public static void main(String[] args) throws IOException {
    Options options = Options.parse(args);
    World world = new World(options);
    Faults faults = new Faults();
    String password = secret(options.text("password"));
    String guestPassword = secret(options.text("guest-password"));
    PrismApi prism =
        new PrismApi(world, faults, new Tiers(options.tiers()), options.text("username"), password);
    Guests guests = new Guests(world, faults, options.text("guest-user"), guestPassword);
    Chat slack = new Chat("slack", faults);
    Chat pager = new Chat("pager", faults);
    Control control = new Control(world, faults, prism, guests, slack, pager);
    ObjectNode credentials = Json.object();
    credentials.put("username", options.text("username")).put("password", password);
    credentials.put("guestUser", guests.user()).put("guestPassword", guestPassword);
    Path file = Path.of(options.text("data"), "credentials.json").toAbsolutePath();
    Files.deleteIfExists(file);
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (UnsupportedOperationException e) {
      Files.createFile(file); // a file system without such permissions
    }
    Files.writeString(file, credentials.toString(), StandardCharsets.UTF_8);
    ObjectNode ready = Json.object();
    ready.put("prism", url(serve(options.number("prism-port"), prism)));
    ready.put("slack", url(serve(options.number("slack-port"), slack)));
    ready.put("pager", url(serve(options.number("pager-port"), pager)));
    ready.put("control", url(serve(options.number("control-port"), control)));
    ready.put("guestSshPort", guests.sshPort()).put("guestHttpPort", guests.httpPort());
    ready.put("credentials", file.toString());
    String parent = options.text("parent-pid");
    if (!parent.isEmpty()) {
      ProcessHandle.of(Long.parseLong(parent))
          .ifPresentOrElse(
              process -> process.onExit().thenRun(() -> Runtime.getRuntime().halt(0)),
              () -> Runtime.getRuntime().halt(0));
    }
    System.out.println("SIMULATOR READY " + ready);
  }

  private static String secret(String given) {
    if (!given.isEmpty()) {
      return given;
    }
    byte[] random = new byte[18];
    new SecureRandom().nextBytes(random);
    return Base64.getUrlEncoder().encodeToString(random);
  }

  private static int serve(int port, HttpHandler handler) {
    Undertow server =
        Undertow.builder()
            .addHttpListener(port, "127.0.0.1")
            .setIoThreads(1)
            .setWorkerThreads(4)
            .setHandler(handler)
            .build();
    server.start();
    return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
  }

  private static String url(int port) {
    return "http://127.0.0.1:" + port;
  }
}
