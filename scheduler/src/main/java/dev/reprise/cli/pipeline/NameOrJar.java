package dev.reprise.cli.pipeline;

import dev.reprise.api.NamedPipeline;
import dev.reprise.api.Parameters;
import dev.reprise.api.Pipeline;
import dev.reprise.cache.base.Text;
import dev.reprise.cli.pipeline.PipelineSource.PipelineChoice;
import dev.reprise.config.UsageException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** In the launcher: the name of a shipped pipeline, or a jar and a class in it. */
final class NameOrJar implements PipelineChoice {
  private final PipelineSource source;

  @picocli.CommandLine.Parameters(
      paramLabel = "PIPELINE",
      description =
          "name of a shipped pipeline ('reprise examples' lists them), or with --jar a class")
  private String name = "";

  @Option(
      names = "--jar",
      paramLabel = "JAR",
      description = "take the pipeline from a class in this jar or class folder; may be repeated")
  private List<Path> jars = List.of();

  NameOrJar(PipelineSource source) {
    this.source = source;
  }

  @Override
  public Pipeline define(Parameters given) {
    if (!jars.isEmpty()) {
      return JarPipeline.load(jars, name).define(given);
    }
    List<NamedPipeline> named = source.named();
    NamedPipeline found =
        named.stream()
            .filter(pipeline -> pipeline.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new UsageException(
                        "there is no pipeline %s ('%s examples' lists those there are, --jar takes one of your own)%s"
                            .formatted(
                                Text.quote(name),
                                source.program(),
                                Text.hint(
                                    name, named.stream().map(NamedPipeline::name).toList()))));
    return Pipeline.define(found.name(), found, given);
  }
}
