package dev.reprise.api;

import dev.reprise.cache.fingerprint.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where a secret is found: {@code env:NAME} or {@code file:PATH}. The place may be told, the value
 * not; so what is of no such form, and may be the value itself, is in no message.
 */
final class SecretPlace {
  private static final String VARIABLE = "env:";
  private static final String FILE = "file:";

  private final String parameter;
  private final String text;
  private final Function<String, @Nullable String> environment;

  private SecretPlace(
      String parameter, String text, Function<String, @Nullable String> environment) {
    this.parameter = parameter;
    this.text = text;
    this.environment = environment;
  }

  /**
   * Takes a place as text.
   *
   * @param environment the value of a variable, null if it is not set
   * @throws ParameterException if it is of another form
   */
  static SecretPlace of(
      String parameter, String text, Function<String, @Nullable String> environment) {
    if (!text.matches("env:[A-Za-z_][A-Za-z0-9_]*|file:.+")) {
      throw new ParameterException(
          "parameter '%s' is a secret and is not given itself: give its place, env:NAME for an"
                  .formatted(parameter)
              + " environment variable or file:PATH for a file");
    }
    return new SecretPlace(parameter, text, environment);
  }

  /**
   * Reads the secret; a line break at the end of a file is not part of it.
   *
   * @throws ParameterException if there is none
   */
  Secret<String> read() {
    boolean inFile = text.startsWith(FILE);
    String value =
        inFile
            ? contents(text.substring(FILE.length()))
            : environment.apply(text.substring(VARIABLE.length()));
    if (value == null || value.isEmpty()) {
      throw noSecret(inFile ? "which is empty" : "which is not set or empty");
    }
    return Secret.of(value);
  }

  private String contents(String path) {
    try {
      return Files.readString(Path.of(path)).replaceFirst("\\r?\\n\\z", "");
    } catch (IOException | InvalidPathException e) {
      throw noSecret("which cannot be read: " + e);
    }
  }

  private ParameterException noSecret(String why) {
    return new ParameterException(
        "parameter '%s' is a secret that is to be in %s, %s; put it there, or name another place with"
                .formatted(parameter, text, why)
            + " --param %s=env:NAME or --param %s=file:PATH".formatted(parameter, parameter));
  }

  /** The place, for people. */
  @Override
  public String toString() {
    return text;
  }
}
