package dev.reprise.bench;

import dev.reprise.cli.Main;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.pipeline.PipelineSource;
import java.util.Arrays;
import java.util.List;

/**
 * Runs commands one after another in one process, so that the JVM can archive the classes that they
 * load. For the launcher, when it has built.
 */
public final class Rehearsal {
  private static final String THEN = "then";

  private Rehearsal() {}

  /**
   * Ends with the first exit code that is not 0.
   *
   * @param arguments commands as after {@code reprise}, with the word {@code then} between them
   */
  public static void main(String[] arguments) {
    List<String> left = Arrays.asList(arguments);
    int code = 0;
    while (!left.isEmpty() && code == 0) {
      int end = left.contains(THEN) ? left.indexOf(THEN) : left.size();
      String[] command = left.subList(0, end).toArray(String[]::new);
      code = Main.execute(command, PipelineSource.shipped(), CommandContext.ofProcess());
      left = left.subList(Math.min(end + 1, left.size()), left.size());
    }
    System.exit(code);
  }
}
