/**
 * Settings: what they are, where their values come from, and what is wrong with a bad one. Whatever
 * starts a run or a command reads them once, here; nothing else asks for environment variables or
 * system properties.
 *
 * <p>Start with {@link dev.reprise.config.Settings}; {@link dev.reprise.config.Setting} is the
 * table of all.
 */
@NullMarked
package dev.reprise.config;

import org.jspecify.annotations.NullMarked;
