package dev.reprise.cache.testing;

import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Runs a {@link SeededTest} once per seed. */
final class SeededTestExtension implements TestTemplateInvocationContextProvider {
  private static final int STRESS = 20;

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return true;
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    Long given = Long.getLong("reprise.seed");
    if (given != null) {
      return Stream.of(new Invocation(given));
    }
    long seeds = context.getRequiredTestMethod().getAnnotation(SeededTest.class).seeds();
    boolean stress = Boolean.getBoolean("reprise.stress");
    // A build tells of the change that is built, so its seeds are those of the build before.
    long first = stress ? new Random().nextLong() : context.getUniqueId().hashCode();
    return LongStream.range(0, stress ? STRESS * seeds : seeds)
        .mapToObj(i -> new Invocation(first + i));
  }

  private record Invocation(long seed)
      implements TestTemplateInvocationContext, ParameterResolver, TestExecutionExceptionHandler {
    @Override
    public String getDisplayName(int index) {
      return "seed " + seed;
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(this);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Random.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return new Random(seed);
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure)
        throws Throwable {
      failure.addSuppressed(
          new AssertionError("failed with seed " + seed + "; repeat with -Dreprise.seed=" + seed));
      throw failure;
    }
  }
}
