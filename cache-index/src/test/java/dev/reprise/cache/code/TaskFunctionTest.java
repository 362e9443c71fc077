package dev.reprise.cache.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.code.TaskFunction.Kind;
import java.io.Serializable;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

/** The method behind whatever a user may pass as a task. */
class TaskFunctionTest {
  interface F1<A, R> extends Serializable {
    R apply(A a) throws Exception;
  }

  interface F2<A, B, R> extends Serializable {
    R apply(A a, B b) throws Exception;
  }

  record Config(int limit) {
    boolean late(Integer minutes) {
      return minutes > limit;
    }
  }

  static String late(Integer minutes) {
    return "late by " + minutes;
  }

  private static <A, R> TaskFunction of(F1<A, R> function) {
    return TaskFunction.of(function);
  }

  private static final String ME = TaskFunctionTest.class.getName();

  @Test
  void of_staticMethod_isThatMethod() {
    TaskFunction found = of(TaskFunctionTest::late);
    assertThat(found.method())
        .isEqualTo(new MethodRef(ME, "late", "(Ljava/lang/Integer;)Ljava/lang/String;"));
    assertThat(found.kind()).isEqualTo(Kind.STATIC);
    assertThat(found.captured()).isEmpty();
    assertThat(found.descriptor()).isEqualTo("(Ljava/lang/Integer;)Ljava/lang/String;");
  }

  @Test
  void of_methodOfAnArgument_capturesNothing() {
    F2<Config, Integer, Boolean> function = Config::late;
    TaskFunction found = TaskFunction.of(function);
    assertThat(found.method().name()).isEqualTo("late");
    assertThat(found.kind()).isEqualTo(Kind.VIRTUAL);
    assertThat(found.captured()).isEmpty();
  }

  @Test
  void of_methodOfABoundObject_capturesTheObject() {
    Config config = new Config(3);
    TaskFunction found = TaskFunctionTest.<Integer, Boolean>of(config::late);
    assertThat(found.method().owner()).isEqualTo(Config.class.getName());
    assertThat(found.kind()).isEqualTo(Kind.VIRTUAL);
    assertThat(found.captured()).containsExactly(config);
  }

  @Test
  void of_constructor_isTheConstructor() {
    TaskFunction found = TaskFunctionTest.<Integer, Config>of(Config::new);
    assertThat(found.method().name()).isEqualTo("<init>");
    assertThat(found.kind()).isEqualTo(Kind.CONSTRUCTOR);
    assertThat(found.descriptor())
        .isEqualTo("(Ljava/lang/Integer;)L" + ME.replace('.', '/') + "$Config;");
  }

  @Test
  void of_lambda_isTheMethodMadeOfItsBody() {
    TaskFunction found = TaskFunctionTest.<Integer, Integer>of(x -> x + 1);
    assertThat(found.method().name()).startsWith("lambda$of_lambda");
    assertThat(found.kind()).isEqualTo(Kind.STATIC);
    assertThat(found.captured()).isEmpty();
  }

  @Test
  void of_capturingLambda_hasTheValuesInOrder() {
    int first = 7;
    String second = "x";
    Object none = null;
    TaskFunction found = TaskFunctionTest.<Integer, String>of(x -> second + first + x + none);
    assertThat(found.captured()).containsExactlyInAnyOrder(second, first, null);
    assertThat(found.toString()).endsWith(" with 3 captured").doesNotContain("x7");
  }

  static class Adder implements F1<Integer, Integer> {
    final int by = 2;

    @Override
    public Integer apply(Integer x) {
      return x + by;
    }
  }

  static class DoubleAdder extends Adder {}

  @Test
  void of_objectOfANamedClass_isItsMethodWithTheObjectInFront() {
    Adder adder = new DoubleAdder();
    TaskFunction found = TaskFunction.of(adder);
    assertThat(found.method())
        .isEqualTo(
            new MethodRef(
                Adder.class.getName(), "apply", "(Ljava/lang/Integer;)Ljava/lang/Integer;"));
    assertThat(found.kind()).isEqualTo(Kind.VIRTUAL);
    assertThat(found.captured()).containsExactly(adder);
  }

  @Test
  void of_objectOfAnAnonymousClass_isItsMethodWithTheObjectInFront() {
    F1<Integer, Integer> function =
        new F1<>() {
          @Override
          public Integer apply(Integer x) {
            return x;
          }
        };
    TaskFunction found = TaskFunction.of(function);
    assertThat(found.method().owner()).isEqualTo(function.getClass().getName());
    assertThat(found.captured()).containsExactly(function);
  }

  @Test
  void of_objectWithSeveralFunctions_isRefusedWithAdvice() {
    class Both implements F1<Integer, Integer>, F2<Integer, Integer, Integer> {
      @Override
      public Integer apply(Integer a) {
        return a;
      }

      @Override
      public Integer apply(Integer a, Integer b) {
        return a + b;
      }
    }
    assertThatThrownBy(() -> TaskFunction.of(new Both()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("implements 2 serialisable functional interfaces")
        .hasMessageEndingWith("pass a method reference");
  }

  @Test
  void of_objectWithOverloads_isRefusedWithAdvice() {
    class Two implements F1<Integer, Integer> {
      @Override
      public Integer apply(Integer a) {
        return a;
      }

      public Integer apply(String a) {
        return 1;
      }
    }
    assertThatThrownBy(() -> TaskFunction.of(new Two()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has 2 methods apply");
  }

  @Test
  void of_proxy_isRefusedWithAdvice() {
    Object proxy =
        Proxy.newProxyInstance(
            TaskFunctionTest.class.getClassLoader(),
            new Class<?>[] {F1.class},
            (self, method, arguments) -> null);
    assertThatThrownBy(() -> TaskFunction.of((Serializable) proxy))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("it was made at run time; pass a method reference");
  }

  @Test
  void closure_ofLambda_isNamedByTheMethodAroundIt() throws Exception {
    TaskFunction found = TaskFunctionTest.<Integer, String>of(x -> late(x + 1));
    try (ClassSource source = ClassSource.of(TaskFunctionTest.class.getClassLoader())) {
      assertThat(new CodeFingerprinter(source).closure(found.method()).parts())
          .containsKeys(
              ME + "#closure_ofLambda_isNamedByTheMethodAroundIt lambda",
              ME + "#late(java.lang.Integer)java.lang.String");
    }
  }

  @Test
  void closure_ofObjectOfAnonymousClass_isReadWithoutItsNumber() throws Exception {
    F1<Integer, Integer> function =
        new F1<>() {
          @Override
          public Integer apply(Integer x) {
            return helper(x);
          }

          private Integer helper(Integer x) {
            return x;
          }
        };
    try (ClassSource source = ClassSource.of(TaskFunctionTest.class.getClassLoader())) {
      CodeFingerprint found =
          new CodeFingerprinter(source).closure(TaskFunction.of(function).method());
      assertThat(found.parts().keySet())
          .contains(ME + " anonymous#apply(java.lang.Integer)java.lang.Integer")
          .noneMatch(part -> part.contains("$1") || part.contains("$2"));
    }
  }
}
