package dev.reprise.cli.pipeline;

import dev.reprise.api.NamedPipeline;
import dev.reprise.api.Parameters;
import dev.reprise.api.Pipeline;
import dev.reprise.cli.base.OptionTable;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the pipelines of a command line come from: the launcher has several, a user's own main one.
 */
public interface PipelineSource {
  /** What starts this command line, as a person would type it. */
  String program();

  /** What it is for, in a sentence. */
  String about();

  /** Whether it is Reprise's own, which takes the name of a pipeline. */
  boolean isLauncher();

  /** The arguments of a command that say which pipeline is meant. */
  PipelineChoice choice();

  /**
   * The choice of a pipeline that a run was of.
   *
   * @param name of the pipeline, or with {@code jars} of a class in them
   */
  default PipelineChoice choice(String name, List<String> jars) {
    return isLauncher() ? new NameOrJar(this, name, jars) : choice();
  }

  /** The pipelines that have a name here. */
  List<NamedPipeline> named();

  /** The arguments that say which pipeline is meant. */
  interface PipelineChoice {
    /** Adds them to the options of a command. */
    void addTo(OptionTable table);

    /**
     * Defines it.
     *
     * @param folder that relative paths are relative to
     * @throws dev.reprise.config.UsageException if no pipeline is meant, or one that there is not
     * @throws dev.reprise.graph.PipelineException if the definition is not valid
     * @throws dev.reprise.api.ParameterException if a value does not fit, or is of no parameter
     */
    Pipeline define(Parameters given, Path folder);
  }

  /**
   * Returns the launcher's source: pipelines on the class path, found by name, and those in jars.
   */
  static PipelineSource shipped() {
    return new ShippedPipelines();
  }

  /**
   * Returns the source of a user's own main.
   *
   * @param program what starts it
   */
  static PipelineSource own(String program, String name, Pipeline.Definition definition) {
    return new OwnPipeline(program, name, definition);
  }

  /** Returns the arguments of a source whose pipelines are chosen by name, or by jar and class. */
  static PipelineChoice choiceOf(PipelineSource source) {
    return new NameOrJar(source);
  }
}
