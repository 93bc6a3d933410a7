package io.drover;

import io.drover.cli.Cli;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts Drover, or runs a command of its command line. */
@SpringBootApplication
public class Drover {

  /** Without a command: starts the runtime with the configuration that Spring Boot finds. */
  public static void main(String[] args) {
    if (Cli.knows(args)) {
      System.exit(Cli.run(args));
    }
    SpringApplication.run(Drover.class, args);
  }
}
