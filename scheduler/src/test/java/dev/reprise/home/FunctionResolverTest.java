package dev.reprise.home;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.cache.code.CodeFingerprint;
import dev.reprise.cache.code.CodeMemo;
import dev.reprise.cache.fingerprint.MetClasses;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.graph.PipelineException;
import dev.reprise.plan.TaskResolver;
import dev.reprise.task.TaskSpec;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The code of a task is all that may run with what can reach it. */
class FunctionResolverTest {
  private static final String ME = FunctionResolverTest.class.getName();

  interface Shape2d {
    int area();
  }

  record Square(int side) implements Shape2d {
    @Override
    public int area() {
      return side * side;
    }
  }

  static int total(List<Shape2d> shapes) {
    return shapes.stream().mapToInt(Shape2d::area).sum();
  }

  private static CodeFingerprint identify(TaskSpec spec, Class<?>... met) throws Exception {
    MetClasses classes = new MetClasses();
    List.of(met).forEach(classes::instance);
    try (FunctionResolver resolver = resolver()) {
      return resolver.identify(resolver.resolve("total", spec, Shape.ONE), spec, classes);
    }
  }

  @Test
  void identify_classRegisteredWithTheTask_bringsItsOverrides() throws Exception {
    CodeFingerprint found =
        identify(task(FunctionResolverTest::total).register(Square.class).spec());
    assertThat(found.parts()).containsKey(ME + "$Square#area()int");
    assertThat(found.caveats()).isEmpty();
  }

  @Test
  void identify_classInWhatTheUserGave_bringsItsOverrides() throws Exception {
    CodeFingerprint found = identify(task(FunctionResolverTest::total).spec(), Square.class);
    assertThat(found.parts()).containsKey(ME + "$Square#area()int");
    assertThat(found.caveats()).isEmpty();
  }

  @Test
  void identify_classThatNobodyRegistered_isACaveat() throws Exception {
    CodeFingerprint found = identify(task(FunctionResolverTest::total).spec());
    assertThat(found.parts()).doesNotContainKey(ME + "$Square#area()int");
    assertThat(found.caveats())
        .containsExactly(
            "the task calls methods of "
                + ME
                + "$Shape2d, and no class of which instances may arrive is known; register the"
                + " classes");
  }

  @Test
  void resolve_lambdaIdentifiedByVersionAlone_isRefusedUnlessNamed() {
    var lambda = task(() -> "a").manualVersion("1");
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> resolve(lambda.spec()))
        .withMessageStartingWith(
            "step 'total': version '1' is all that its key has of its code, and " + ME + "#lambda$")
        .withMessageContaining("name the task with named(");
    assertThat(resolve(lambda.named("a").spec()).name()).isEqualTo("a");
    assertThat(resolve(lambda.uncached().spec()).name()).isEqualTo(ME + ".lambda");
    assertThat(resolve(task(FunctionResolverTest::total).manualVersion("1").spec()).name())
        .isEqualTo(ME + ".total");
  }

  private static TaskResolver.Resolved resolve(TaskSpec spec) {
    try (FunctionResolver resolver = resolver()) {
      return resolver.resolve("total", spec, Shape.ONE);
    }
  }

  private static FunctionResolver resolver() {
    InstantSource clock = InstantSource.system();
    return new FunctionResolver(1 << 10, CodeMemo.NONE, clock, new LoaderTimes(clock));
  }
}
