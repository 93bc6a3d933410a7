package io.drover.runtime.prism;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Self-signed certificates that nobody trusts unless told so. */
public final class TestCertificate {
  static final String PASSWORD = "changeit";

  private final Path folder;

  private TestCertificate(Path folder) {
    this.folder = folder;
  }

  /** Makes one for 127.0.0.1 and one for another name. */
  public static TestCertificate create(Path folder) {
    try {
      Files.createDirectories(folder);
      make(folder, "own", "ip:127.0.0.1", "-0d");
      make(folder, "other", "dns:pc.example.com", "-0d");
      make(folder, "expired", "ip:127.0.0.1", "-3d");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return new TestCertificate(folder);
  }

  private static void make(Path folder, String name, String subject, String begins)
      throws IOException, InterruptedException {
    String store = folder.resolve(name + ".p12").toString();
    keytool(
        "-genkeypair",
        "-alias",
        name,
        "-keyalg",
        "EC",
        "-dname",
        "CN=" + name,
        "-ext",
        "san=" + subject,
        "-startdate",
        begins,
        "-validity",
        "2",
        "-storetype",
        "PKCS12",
        "-keystore",
        store,
        "-storepass",
        PASSWORD);
    String pem = folder.resolve(name + ".pem").toString();
    keytool(
        "-exportcert",
        "-rfc",
        "-alias",
        name,
        "-file",
        pem,
        "-keystore",
        store,
        "-storepass",
        PASSWORD);
    keytool(
        "-importcert",
        "-noprompt",
        "-alias",
        name,
        "-file",
        pem,
        "-storetype",
        "PKCS12",
        "-keystore",
        folder.resolve(name + "-trust.p12").toString(),
        "-storepass",
        PASSWORD);
  }

  private static void keytool(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(told);
    }
  }

  /** For a server that shows the certificate for 127.0.0.1. */
  public SSLContext context() {
    return context("own");
  }

  /** For a server that shows the certificate for another name. */
  public SSLContext otherName() {
    return context("other");
  }

  /** For a server whose certificate was good until yesterday. */
  public SSLContext expired() {
    return context("expired");
  }

  private SSLContext context(String name) {
    try (InputStream in = Files.newInputStream(folder.resolve(name + ".p12"))) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, PASSWORD.toCharArray());
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(keys, PASSWORD.toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(factory.getKeyManagers(), null, null);
      return context;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  String store() {
    return folder.resolve("own-trust.p12").toString();
  }

  String pem() {
    return folder.resolve("own.pem").toString();
  }

  String otherPem() {
    return folder.resolve("other.pem").toString();
  }
}
