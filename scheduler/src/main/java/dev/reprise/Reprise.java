package dev.reprise;

import dev.reprise.api.Pipeline;
import dev.reprise.cli.Main;
import dev.reprise.cli.pipeline.JarPipeline;
import dev.reprise.cli.pipeline.PipelineSource;

/**
 * Gives a user's own program the whole command line.
 *
 * <pre>{@code
 * public static void main(String[] args) {
 *   Reprise.main(args, Delays::define);
 * }
 * }</pre>
 *
 * <p>The program then takes {@code run}, {@code plan}, {@code why} and all other commands, without
 * the name of a pipeline; started by {@code java}, {@code spark-submit} and {@code ray job submit}
 * alike.
 */
public final class Reprise {
  private Reprise() {}

  /**
   * Does what {@code args} say and ends the process. The pipeline is named after the class that
   * calls this: {@code flight-delays} for {@code FlightDelays}.
   */
  public static void main(String[] args, Pipeline.Definition definition) {
    Class<?> caller =
        StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE).getCallerClass();
    main(args, JarPipeline.nameOf(caller), "java " + caller.getName(), definition);
  }

  /** Does what {@code args} say with a pipeline of this name, and ends the process. */
  public static void main(String[] args, String name, Pipeline.Definition definition) {
    Class<?> caller =
        StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE).getCallerClass();
    main(args, name, "java " + caller.getName(), definition);
  }

  private static void main(
      String[] args, String name, String program, Pipeline.Definition definition) {
    if (!JarPipeline.captures(name, definition)) {
      Main.main(args, PipelineSource.own(program, name, definition));
    }
  }
}
