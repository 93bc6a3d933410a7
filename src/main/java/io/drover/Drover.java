package io.drover;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts Drover; nothing else. */
@SpringBootApplication
public class Drover {

  /** Starts the runtime with the configuration that Spring Boot finds. */
  public static void main(String[] args) {
    SpringApplication.run(Drover.class, args);
  }
}
