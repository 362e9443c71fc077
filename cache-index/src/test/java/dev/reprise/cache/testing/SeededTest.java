package dev.reprise.cache.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A property that must hold for whatever a {@link java.util.Random} parameter makes of it. A seed
 * that fails is named in the failure, and {@code -Dreprise.seed=…} runs it again, alone. Every
 * build runs the same seeds; {@code -Dreprise.stress=true} runs twenty times as many, new ones
 * every time.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(SeededTestExtension.class)
public @interface SeededTest {
  /** Number of seeds in an ordinary build. */
  int seeds() default 50;
}
