package dev.reprise.bench.ray;

import static dev.reprise.cache.base.Checks.checkState;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A driver in a JVM of its own. It is asked by a line of words and answers with one; what else is
 * on its standard output is of others.
 */
final class DriverProcess implements AutoCloseable {
  private static final String ANSWER = "told ";
  private static final String END = "";
  private static final int MOST_MINUTES = 5;
  private static final int GOODBYE_SECONDS = 20;

  private final String main;
  private final Path err;
  private final Process process;
  private final Writer questions;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

  /** What a driver does when it is asked. */
  @FunctionalInterface
  interface Work {
    /** Answers words with words. */
    List<String> answer(List<String> question) throws Exception;
  }

  /**
   * Starts it.
   *
   * @param folder where what it says of trouble is put
   * @param options of the JVM
   * @param arguments of the program
   */
  DriverProcess(
      Path folder, List<String> options, String classPath, String main, List<String> arguments)
      throws IOException {
    this.main = main;
    err = folder.resolve(main + ".err");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main));
    command.addAll(arguments);
    process = new ProcessBuilder(command).redirectError(err.toFile()).start();
    questions = process.outputWriter(UTF_8);
    Thread listener = new Thread(this::listen, "reprise-bench-" + main);
    listener.setDaemon(true);
    listener.start();
  }

  private void listen() {
    try (BufferedReader lines = process.inputReader(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(ANSWER)) {
          answers.add(line.substring(ANSWER.length()));
        }
      }
    } catch (IOException e) {
      // It has ended, or is about to.
    }
    answers.add(END);
  }

  /** For the driver: answers questions until there are no more. */
  static void serve(Work work) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(ANSWER + String.join(" ", work.answer(List.of(line.split(" ", -1)))));
    }
  }

  /** Asks it, and waits for the answer. */
  List<String> ask(Object... words) throws IOException, InterruptedException {
    questions.write(String.join(" ", Stream.of(words).map(String::valueOf).toList()) + "\n");
    questions.flush();
    @Nullable String answer = answers.poll(MOST_MINUTES, TimeUnit.MINUTES);
    checkState(answer != null, "%s does not answer within %s minutes", main, MOST_MINUTES);
    checkState(!END.equals(answer), "%s ended: %s", main, Files.readString(err));
    return List.of(String.valueOf(answer).split(" ", -1));
  }

  /** The process itself. */
  ProcessHandle handle() {
    return process.toHandle();
  }

  @Override
  public void close() throws InterruptedException {
    try {
      questions.close();
      process.waitFor(GOODBYE_SECONDS, TimeUnit.SECONDS);
    } catch (IOException e) {
      // It has ended.
    } finally {
      process.destroyForcibly();
    }
  }
}
