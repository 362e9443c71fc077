package dev.reprise.cache.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Serializable;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class MethodRefTest {
  interface Source extends Supplier<String>, Serializable {}

  static final class Written implements Source {
    @Override
    public String get() {
      return "written";
    }
  }

  static String method() {
    return "";
  }

  @Test
  void isCompilerMade_methodThatAPersonNamed_isNot() {
    Source reference = MethodRefTest::method;
    assertThat(of(reference).isCompilerMade()).isFalse();
    assertThat(of(new Written()).isCompilerMade()).isFalse();
  }

  @Test
  void isCompilerMade_lambdaAnonymousAndLocalClass_is() {
    record Local() implements Source {
      @Override
      public String get() {
        return "local";
      }
    }
    Source anonymous =
        new Source() {
          @Override
          public String get() {
            return "anonymous";
          }
        };
    assertThat(of(() -> "lambda").isCompilerMade()).isTrue();
    assertThat(of(new Local()).isCompilerMade()).isTrue();
    assertThat(of(anonymous).isCompilerMade()).isTrue();
  }

  private static MethodRef of(Source function) {
    return TaskFunction.of(function).method();
  }
}
