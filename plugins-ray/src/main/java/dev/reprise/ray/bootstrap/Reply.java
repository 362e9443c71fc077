package dev.reprise.ray.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What comes back from a worker: the code's own answer, or why there is none.
 *
 * @param body the answer; empty if there is a failure
 * @param failure null if there is none
 */
@SuppressWarnings("ArrayRecordComponent") // goes from array to array, compared by nobody
public record Reply(byte[] body, @Nullable Failure failure) {
  private static final byte DONE = 1;
  private static final byte FAILED = 2;

  /**
   * What is wrong with a worker, none of it the user code's doing.
   *
   * @param host where it is
   * @param why what is wrong there, for people; names the host
   */
  public record Failure(String host, String why) {}

  /**
   * Unpacks what came from {@link RayEntry}.
   *
   * @throws IllegalArgumentException if the bytes are anything else
   */
  public static Reply decode(byte[] bytes) {
    if (bytes.length == 0 || (bytes[0] != DONE && bytes[0] != FAILED)) {
      throw new IllegalArgumentException("what a worker answered is no reply");
    }
    byte[] rest = Arrays.copyOfRange(bytes, 1, bytes.length);
    return bytes[0] == DONE
        ? new Reply(rest, null)
        : new Reply(new byte[0], failure(new String(rest, UTF_8)));
  }

  private static Failure failure(String hostAndWhy) {
    int end = hostAndWhy.indexOf('\n');
    if (end < 0) {
      throw new IllegalArgumentException("what a worker answered names no host");
    }
    String host = hostAndWhy.substring(0, end);
    return new Failure(host, "worker on " + host + ": " + hostAndWhy.substring(end + 1));
  }

  static byte[] done(byte[] body) {
    return framed(DONE, body);
  }

  static byte[] failed(Throwable thrown) {
    String what = thrown instanceof IOException ? thrown.getMessage() : thrown.toString();
    StringBuilder text = new StringBuilder(host()).append('\n').append(what);
    for (Throwable cause = thrown.getCause(); cause != null; cause = cause.getCause()) {
      text.append("; because of ").append(cause);
    }
    return framed(FAILED, text.toString().getBytes(UTF_8));
  }

  private static byte[] framed(byte kind, byte[] body) {
    byte[] all = new byte[body.length + 1];
    all[0] = kind;
    System.arraycopy(body, 0, all, 1, body.length);
    return all;
  }

  private static String host() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException | RuntimeException e) {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (IOException unknown) {
        return "a host without a name";
      }
    }
  }
}
