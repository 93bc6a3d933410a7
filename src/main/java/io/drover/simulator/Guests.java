package io.drover.simulator;

import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;

/**
 * All guests behind one SSH port and one HTTP port: a VM's address is one of 127.0.0.0/8, and the
 * address that a client came to tells which guest it means. Both ports listen on every address and
 * turn away whoever is not on this machine.
 */
final class Guests implements AutoCloseable {
  private static final int HOST_KEYS = 500;

  private final World world;
  private final Faults faults;
  private final String user;
  private final String password;
  private final SshServer ssh = SshServer.setUpDefaultServer();
  private final Undertow http;
  private final KeyPair loginKey = newKey();
  private final Map<String, KeyPair> hostKeys = new ConcurrentHashMap<>();
  private final Map<Session, Vm> sessions = new ConcurrentHashMap<>();

  Guests(World world, Faults faults, String user, String password) throws IOException {
    this.world = world;
    this.faults = faults;
    this.user = user;
    this.password = password;
    ssh.setPort(world.options.number("guest-ssh-port"));
    ssh.setHost("0.0.0.0");
    ssh.setKeyPairProvider(new KeyPairs());
    ssh.setPasswordAuthenticator(
        (name, secret, session) -> name.equals(user) && secret.equals(password));
    ssh.setPublickeyAuthenticator(
        (name, key, session) ->
            name.equals(user) && KeyUtils.compareKeys(key, loginKey.getPublic()));
    ssh.addSessionListener(new Door());
    world.whenDown(this::dropSessions);
    ssh.setCommandFactory(
        (channel, command) ->
            new GuestCommand(command, vm(channel.getSession().getIoSession().getLocalAddress())));
    ssh.start();
    http =
        Undertow.builder()
            .addHttpListener(world.options.number("guest-http-port"), "0.0.0.0")
            .setIoThreads(1)
            .setWorkerThreads(2)
            .setHandler(this::health)
            .build();
    http.start();
  }

  int sshPort() {
    return ssh.getPort();
  }

  int httpPort() {
    return ((InetSocketAddress) http.getListenerInfo().get(0).getAddress()).getPort();
  }

  /** The key pair with which the guests' user may come in, instead of the password. */
  KeyPair loginKey() {
    return loginKey;
  }

  String password() {
    return password;
  }

  String user() {
    return user;
  }

  /** A line of known_hosts for every guest; only asked for when somebody wants them. */
  String knownHosts() {
    StringBuilder lines = new StringBuilder();
    List<Vm> vms;
    synchronized (world) {
      vms = world.vms().toList();
    }
    for (Vm vm : vms) {
      lines
          .append('[')
          .append(vm.address)
          .append("]:")
          .append(sshPort())
          .append(' ')
          .append(PublicKeyEntry.toString(hostKey(vm).getPublic()))
          .append('\n');
    }
    return lines.toString();
  }

  /** Keys take their time to make, so VMs share them from some number on. */
  private KeyPair hostKey(Vm vm) {
    return hostKeys.computeIfAbsent(
        vm.number % HOST_KEYS + "/" + vm.hostKeyVersion, id -> newKey());
  }

  private static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private void dropSessions(Vm vm) {
    sessions.forEach(
        (session, guest) -> {
          if (guest == vm) {
            session.close(true);
          }
        });
  }

  private @Nullable Vm vm(java.net.SocketAddress local) {
    InetAddress address = ((InetSocketAddress) local).getAddress();
    synchronized (world) {
      return world.byAddress.get(address.getHostAddress());
    }
  }

  private void health(HttpServerExchange exchange) {
    Vm vm = vm(exchange.getDestinationAddress());
    if (vm == null || !exchange.getSourceAddress().getAddress().isLoopbackAddress()) {
      close(exchange);
      return;
    }
    boolean up;
    boolean well;
    int release;
    synchronized (world) {
      up = vm.up();
      well = !vm.disk.broken && !(vm.disk.flapping && vm.probes++ % 2 == 0);
      release = vm.disk.release;
    }
    Faults.Fault fault =
        faults.strike("guest-http", "", "GET", exchange.getRequestPath(), vm.names());
    String kind = fault == null ? "" : fault.kind;
    if (!up || kind.equals("away") || kind.equals("cut-before")) {
      close(exchange);
    } else if (fault != null && kind.equals("delay")) {
      exchange.dispatch(
          SameThreadExecutor.INSTANCE,
          () ->
              world.clock.schedule(
                  () -> page(exchange, well, release), fault.millis, TimeUnit.MILLISECONDS));
    } else if (fault != null) {
      exchange.setStatusCode(fault.status).getResponseSender().send("BROKEN");
    } else {
      page(exchange, well, release);
    }
  }

  private static void page(HttpServerExchange exchange, boolean well, int release) {
    if (!exchange.getRequestPath().equals("/health")) {
      exchange.setStatusCode(404).endExchange();
      return;
    }
    exchange.setStatusCode(well ? 200 : 503);
    exchange.getResponseSender().send(well ? "OK release=" + release : "BROKEN");
  }

  private static void close(HttpServerExchange exchange) {
    try {
      exchange.getConnection().close();
    } catch (IOException e) {
      exchange.endExchange();
    }
  }

  @Override
  public void close() throws IOException {
    ssh.stop(true);
    http.stop();
  }

  private final class KeyPairs implements KeyPairProvider {
    @Override
    public Iterable<KeyPair> loadKeys(SessionContext session) {
      Vm vm = vm(((Session) session).getIoSession().getLocalAddress());
      return vm == null ? List.of() : List.of(hostKey(vm));
    }
  }

  /** Nobody from outside, nobody to a guest that is off, and not whom a fault refuses. */
  private final class Door implements SessionListener {
    @Override
    public void sessionEstablished(Session session) {
      InetSocketAddress peer = (InetSocketAddress) session.getIoSession().getRemoteAddress();
      Vm vm = vm(session.getIoSession().getLocalAddress());
      boolean up;
      synchronized (world) {
        up = vm != null && vm.up();
        if (vm != null && up) {
          sessions.put(session, vm);
        }
      }
      if (!peer.getAddress().isLoopbackAddress()
          || vm == null
          || !up
          || faults.strike("guest-ssh", "", "CONNECT", "", vm.names()) != null) {
        session.close(true);
      }
    }

    @Override
    public void sessionClosed(Session session) {
      sessions.remove(session);
    }
  }

  /** One command over SSH; never blocks a thread of the server. */
  private final class GuestCommand implements Command {
    private final String script;
    private final @Nullable Vm vm;
    private @Nullable OutputStream out;
    private @Nullable ExitCallback exit;

    GuestCommand(String script, @Nullable Vm vm) {
      this.script = script;
      this.vm = vm;
    }

    @Override
    public void setInputStream(InputStream in) {}

    @Override
    public void setOutputStream(OutputStream stream) {
      this.out = stream;
    }

    @Override
    public void setErrorStream(OutputStream err) {}

    @Override
    public void setExitCallback(ExitCallback callback) {
      this.exit = callback;
    }

    @Override
    public void start(ChannelSession channel, Environment environment) throws IOException {
      Vm guest = vm;
      OutputStream stream = out;
      ExitCallback done = exit;
      if (guest == null || stream == null || done == null) {
        channel.getSession().close(true);
        return;
      }
      Faults.Fault fault = faults.strike("guest-ssh", "", "EXEC", script, guest.names());
      String kind = fault == null ? "" : fault.kind;
      if (kind.equals("ssh-drop-before")) {
        channel.getSession().close(true);
        return;
      }
      GuestShell.Result result;
      synchronized (world) {
        if (!guest.up()) {
          channel.getSession().close(true);
          return;
        }
        try {
          result = new GuestShell(world, guest).run(script);
        } catch (RuntimeException e) {
          result = new GuestShell.Result(2, e.getMessage() + "\n");
        }
      }
      if (kind.equals("ssh-drop")) {
        channel.getSession().close(true);
        return;
      }
      if (kind.equals("ssh-hang")) {
        return;
      }
      GuestShell.Result told = result;
      Runnable answer =
          () -> {
            try {
              stream.write(told.out().getBytes(StandardCharsets.UTF_8));
              stream.flush();
              done.onExit(told.exit());
            } catch (IOException e) {
              channel.getSession().close(true);
            }
          };
      world.clock.schedule(
          answer, fault != null && kind.equals("delay") ? fault.millis : 1, TimeUnit.MILLISECONDS);
    }

    @Override
    public void destroy(ChannelSession channel) {}
  }
}
