package io.drover.runtime.guest;

import io.drover.runtime.CallFailure;
import io.drover.runtime.CallFailure.Verdict;
import io.drover.runtime.Secret;
import io.drover.runtime.Workers;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.UserAuthFactory;
import org.apache.sshd.client.auth.password.UserAuthPasswordFactory;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.util.io.resource.PathResource;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.jspecify.annotations.Nullable;

/**
 * One command on one guest, without a thread that waits. Written on the library under camel-ssh,
 * whose own producer blocks, bounds only the connecting by its timeout, takes any exit code for
 * success, and calls a wrong host key a failed login.
 */
final class GuestSsh implements AutoCloseable {
  private static final AttributeRepository.AttributeKey<Attempt> ATTEMPT =
      new AttributeRepository.AttributeKey<>();

  private static final Duration IDLE = Duration.ofSeconds(30);

  private final Map<Guest, ClientSession> idle = new ConcurrentHashMap<>();
  private final GuestProperties settings;
  private final HostKeyRules hostKeys;
  private final Workers workers;
  private @Nullable SshClient started;
  private final Line logins;

  GuestSsh(GuestProperties settings, HostKeyRules hostKeys, Workers workers) {
    this.settings = settings;
    this.hostKeys = hostKeys;
    this.workers = workers;
    this.logins = new Line(settings.logins());
  }

  /** Made for the first guest: its ciphers and providers would be a part of each start. */
  private synchronized SshClient client() {
    SshClient known = started;
    if (known != null) {
      return known;
    }
    SshClient client = SshClient.setUpDefaultClient();
    // Nothing of the account that Drover runs under: its keys and ssh_config are for people.
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    List<UserAuthFactory> ways =
        settings.privateKey() != null
            ? List.of(UserAuthPublicKeyFactory.INSTANCE)
            : List.of(UserAuthPasswordFactory.INSTANCE);
    client.setUserAuthFactories(ways);
    client.setServerKeyVerifier(
        (session, remote, key) -> {
          Attempt attempt = session.getConnectionContext().getAttribute(ATTEMPT);
          return attempt != null && attempt.accepts(key);
        });
    client.start();
    started = client;
    return client;
  }

  /** What a command left; {@code out} holds both of its outputs, in no certain order. */
  record Answer(int exit, String out) {}

  /**
   * Runs a line of shell. Fails with a {@link CallFailure} of kind {@code ssh-unreachable}, {@code
   * ssh-auth}, {@code host-key-unknown}, {@code host-key-changed} (nothing happened), {@code
   * ssh-dropped} or {@code timeout} (it may have). An exit code is an answer.
   */
  CompletableFuture<Answer> run(Guest guest, String command) {
    Attempt attempt = new Attempt(guest, command);
    attempt.begin();
    return attempt.answer;
  }

  /** The guest has gone down, or will: its connection is of no more use. */
  void forget(Guest guest) {
    ClientSession session = idle.remove(guest);
    if (session != null) {
      session.close(true);
    }
  }

  /** Logging in costs more than most commands, so a connection waits a while for the next one. */
  private void keep(Guest guest, ClientSession session) {
    ClientSession before = idle.put(guest, session);
    if (before != null) {
      before.close(true);
    }
    workers.after(
        IDLE,
        () -> {
          if (idle.remove(guest, session)) {
            session.close(true);
          }
        });
  }

  private @Nullable ClientSession kept(Guest guest) {
    ClientSession session = idle.remove(guest);
    if (session == null || (session.isOpen() && session.isAuthenticated())) {
      return session;
    }
    session.close(true);
    return null;
  }

  @Override
  public synchronized void close() {
    if (started != null) {
      started.stop();
    }
  }

  private final class Attempt {
    private final Guest guest;
    private final String command;
    private final CappedOutput out = new CappedOutput(settings.outputLimit());
    final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private @Nullable CallFailure refusedKey;
    private volatile @Nullable ClientSession session;
    private volatile boolean sent;
    private volatile boolean reused;
    private boolean inLine;
    private @Nullable ScheduledFuture<?> deadline;

    Attempt(Guest guest, String command) {
      this.guest = guest;
      this.command = command;
    }

    boolean accepts(PublicKey key) {
      refusedKey = hostKeys.against(guest, key);
      return refusedKey == null;
    }

    void begin() {
      answer.whenComplete((ok, error) -> over(error == null));
      ClientSession known = kept(guest);
      if (known == null) {
        connect();
      } else {
        reused = true;
        session = known;
        open(known);
      }
    }

    private void connect() {
      inLine = true;
      logins.enter(
          () -> {
            if (answer.isDone()) {
              outOfLine();
            } else {
              connectNow();
            }
          });
    }

    /** Once for each turn in the line. */
    private void outOfLine() {
      synchronized (this) {
        if (!inLine) {
          return;
        }
        inLine = false;
      }
      workers.pool().execute(logins::done);
    }

    private void connectNow() {
      boundedBy(settings.connectTimeout());
      try {
        client()
            .connect(
                settings.username(),
                new InetSocketAddress(guest.address(), settings.port()),
                AttributeRepository.ofKeyValuePair(ATTEMPT, this),
                null)
            .addListener(
                future -> {
                  if (future.isConnected()) {
                    logIn(future.getSession());
                  } else {
                    fail(Verdict.TRANSIENT, "ssh-unreachable", "cannot be reached", null);
                  }
                });
      } catch (IOException | RuntimeException e) {
        fail(Verdict.TRANSIENT, "ssh-unreachable", "cannot be reached", e);
      }
    }

    private void logIn(ClientSession connected) {
      session = connected;
      if (answer.isDone()) {
        connected.close(true);
        return;
      }
      try {
        identify(connected);
        connected
            .auth()
            .addListener(
                future -> {
                  CallFailure key = refusedKey;
                  if (future.isSuccess()) {
                    open(connected);
                  } else if (key != null) {
                    end(key);
                  } else if (future.isFailure() && refused(future.getException())) {
                    fail(
                        Verdict.REFUSED,
                        "ssh-auth",
                        "does not let " + settings.username() + " log in",
                        null);
                  } else {
                    fail(Verdict.TRANSIENT, "ssh-unreachable", "hung up at the login", null);
                  }
                });
      } catch (IOException | GeneralSecurityException | RuntimeException e) {
        end(
            e instanceof CallFailure failure
                ? failure
                : new CallFailure(
                    Verdict.REFUSED,
                    "credentials",
                    "The private key of drover.guests cannot be read ("
                        + e.getClass().getSimpleName()
                        + ")"));
      }
    }

    /** A hang-up ends a login too, so only the server's own word counts as a refusal. */
    private static boolean refused(@Nullable Throwable error) {
      String message = error == null ? null : error.getMessage();
      return message != null
          && (message.contains("No more authentication methods")
              || message.contains("SSH2_DISCON"));
    }

    private void identify(ClientSession connected) throws IOException, GeneralSecurityException {
      String key = settings.privateKey();
      if (key != null) {
        for (KeyPair pair : keys(connected, Path.of(key), settings.passphrase())) {
          connected.addPublicKeyIdentity(pair);
        }
        return;
      }
      String password = settings.password();
      if (password == null) {
        throw new CallFailure(
            Verdict.REFUSED,
            "credentials",
            "drover.guests has neither password nor private-key (expected: one of them)");
      }
      connected.addPasswordIdentity(new Secret(password).read());
    }

    private void open(ClientSession connected) {
      outOfLine();
      if (answer.isDone()) {
        connected.close(true);
        return;
      }
      try {
        ChannelExec channel = connected.createExecChannel(command);
        channel.setOut(out);
        channel.setErr(out);
        boundedBy(settings.connectTimeout());
        channel
            .open()
            .addListener(
                future -> {
                  if (future.isOpened()) {
                    sent = true;
                    boundedBy(settings.commandTimeout());
                    channel.addCloseFutureListener(closed -> closed(channel.getExitStatus()));
                  } else {
                    notTaken(connected, null);
                  }
                });
      } catch (IOException | RuntimeException e) {
        notTaken(connected, e);
      }
    }

    /** A connection that waited may have died meanwhile; the command goes over a new one then. */
    private void notTaken(ClientSession connected, @Nullable Throwable cause) {
      boolean again;
      synchronized (this) {
        again = reused && session == connected && !answer.isDone();
        if (again) {
          reused = false;
          session = null;
        }
      }
      if (again) {
        connected.close(true);
        connect();
      } else if (!answer.isDone()) {
        fail(Verdict.TRANSIENT, "ssh-unreachable", "hung up before the command", cause);
      }
    }

    private void closed(@Nullable Integer exit) {
      if (exit == null) {
        fail(Verdict.UNKNOWN, "ssh-dropped", "hung up during the command", null);
      } else {
        answer.completeAsync(() -> new Answer(exit, out.text()), workers.pool());
      }
    }

    private synchronized void boundedBy(Duration time) {
      if (deadline != null) {
        deadline.cancel(false);
      }
      deadline =
          workers.after(
              time,
              () -> {
                String spent = time.toMillis() + " ms";
                ClientSession stale = session;
                if (!sent && reused && stale != null) {
                  notTaken(stale, null);
                } else if (sent) {
                  fail(Verdict.UNKNOWN, "timeout", "ran a command for more than " + spent, null);
                } else {
                  fail(Verdict.TRANSIENT, "ssh-unreachable", "took more than " + spent, null);
                }
              });
    }

    private synchronized void over(boolean well) {
      outOfLine();
      if (deadline != null) {
        deadline.cancel(false);
      }
      ClientSession open = session;
      if (open != null && well && open.isOpen()) {
        keep(guest, open);
      } else if (open != null) {
        open.close(true);
      }
    }

    private void fail(Verdict verdict, String kind, String what, @Nullable Throwable cause) {
      String message = guest + " " + what + " (SSH port " + settings.port() + ")";
      end(
          cause == null
              ? new CallFailure(verdict, kind, message)
              : new CallFailure(verdict, kind, message, cause));
    }

    private void end(CallFailure failure) {
      workers.pool().execute(() -> answer.completeExceptionally(failure));
    }
  }

  /**
   * The keys of a file, none where it holds none.
   *
   * @param passphrase where its secret stands; null: it has none
   */
  static List<KeyPair> keys(
      @Nullable SessionContext session, Path file, @Nullable String passphrase)
      throws IOException, GeneralSecurityException {
    FilePasswordProvider secret =
        passphrase == null
            ? FilePasswordProvider.EMPTY
            : FilePasswordProvider.of(new Secret(passphrase).read());
    List<KeyPair> keys = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      Iterable<KeyPair> found =
          SecurityUtils.loadKeyPairIdentities(session, new PathResource(file), in, secret);
      if (found != null) {
        found.forEach(keys::add);
      }
    }
    return keys;
  }
}
