//! What every engine must do. Each scenario takes a [`world::World`] and knows nothing of the engine; the lists at the end run
//! them for each engine.
#![cfg(test)]

mod audit;
mod cases;
mod concurrent;
mod crash;
mod damage;
mod everything;
mod include;
mod listening;
mod messages;
mod modifiers;
mod paging;
mod proof;
mod reindex;
mod replica;
mod rights;
mod search;
mod server;
mod stories;
mod table;
mod versions;
mod world;

/// Runs scenarios against one engine.
macro_rules! contract {
    ($engine:ident, [$($module:ident :: $scenario:ident),* $(,)?]) => {
        mod $engine {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $scenario() {
                    let Some(world) = crate::world::World::$engine().await else { return };
                    crate::$module::$scenario(&world).await;
                    world.end().await;
                }
            )*
        }
    };
}

/// Runs scenarios against every engine.
macro_rules! every_engine {
    ($scenarios:tt) => {
        contract!(sqlite, $scenarios);
        contract!(postgres, $scenarios);
    };
}

every_engine!([
    versions::what_was_written_is_read_back_with_version_and_time,
    versions::every_version_stays_readable_and_a_deletion_is_one_of_them,
    versions::a_write_that_expects_something_else_is_a_conflict_and_changes_nothing,
    versions::a_batch_lands_whole_or_not_at_all,
    versions::the_same_idempotency_key_writes_once_and_another_content_is_a_conflict,
    versions::a_conditional_create_happens_once,
    versions::history_of_a_type_and_of_everything_comes_newest_first_in_pages,
    versions::a_history_can_be_asked_for_by_time,
    versions::time_never_goes_back_when_the_clock_does,
    versions::a_resource_loaded_twice_in_one_batch_leaves_only_the_second_in_the_index,
    search::every_kind_of_clause_finds_what_it_should,
    search::an_update_leaves_no_old_index_row,
    search::a_patients_list_follows_every_write,
    search::chains_go_both_ways_and_stop_at_what_may_not_be_seen,
    search::includes_follow_references_and_stop_at_what_may_not_be_seen,
    include::includes_go_on_from_what_they_brought_and_come_to_an_end,
    include::a_chain_and_a_page_of_hundreds_are_one_search,
    include::every_order_is_the_same_by_every_way_and_in_pages,
    modifiers::composites_and_modifiers_find_what_they_should,
    paging::pages_follow_each_other_in_order_without_gap_or_double,
    paging::pages_stay_steady_while_others_write,
    paging::a_cursor_of_another_search_is_refused,
    paging::type_wide_pages_visit_everything_once,
    paging::type_wide_pages_stay_exact_while_others_write,
    paging::pages_go_on_when_another_clause_becomes_the_narrower,
    paging::a_search_of_the_most_clauses_is_answered,
    paging::a_citizens_type_wide_pages_hold_what_may_be_seen,
    rights::a_citizen_sees_their_own_and_nothing_of_a_stranger,
    rights::a_parent_sees_a_small_childs_appointments_until_the_address_differs,
    rights::what_is_hidden_is_neither_found_nor_counted,
    rights::a_citizen_may_not_write_what_no_rule_opens,
    rights::a_write_cannot_move_a_strangers_resource_to_oneself,
    audit::every_look_up_is_in_the_log_of_the_citizen_it_concerns,
    proof::one_s_own_entry_is_proven_and_another_s_is_not_there,
    proof::whatever_is_changed_in_a_proof_it_proves_nothing,
    proof::whoever_watches_from_outside_finds_the_same_tree,
    proof::heads_are_signed_when_due_and_never_twice,
    proof::changed_hashes_and_heads_are_found_and_named,
    proof::a_log_rewritten_with_its_chain_is_found_by_its_signed_heads,
    proof::nothing_is_signed_that_does_not_go_on_from_what_was_signed,
    proof::a_log_that_began_without_a_tree_gets_one,
    everything::everything_of_a_patient_comes_once_with_what_it_refers_to,
    everything::everything_holds_no_more_than_may_be_seen,
    everything::the_latest_of_each_code_come_and_only_they_are_logged,
    everything::an_export_is_in_the_log_of_each_patient_and_leaves_out_what_it_was_told,
    everything::deletions_are_exported_until_somebody_writes_again,
    listening::what_a_listener_lays_down_lands_with_the_change_or_not_at_all,
    messages::messages_of_one_subject_come_in_order_and_a_lapsed_lease_hands_on,
    messages::a_message_that_is_being_sent_stays_with_the_one_who_renews_its_lease,
    messages::a_message_is_given_up_after_the_last_attempt,
    messages::an_ephemeral_value_ends_on_time_and_is_taken_once,
    reindex::what_is_lost_from_the_index_is_back_and_what_nothing_has_is_gone,
    reindex::writing_the_index_anew_goes_on_where_it_stopped,
    reindex::others_may_not_or_may_use_the_database_meanwhile,
    concurrent::of_fifty_updates_of_one_version_exactly_one_wins,
    concurrent::many_writers_and_readers_share_commits_and_lose_nothing,
    concurrent::a_read_is_never_older_than_what_was_acknowledged,
    cases::a_case_that_fails_names_its_line,
    stories::history,
    stories::writes,
]);

/// Tables of cases, cases/README.md; a scenario for each.
mod tables {
    every_engine!([
        cases::chain,
        cases::clauses,
        cases::common,
        cases::composite,
        cases::date,
        cases::examples,
        cases::include,
        cases::number,
        cases::paging,
        cases::quantity,
        cases::reference,
        cases::sort,
        cases::string,
        cases::token,
        cases::uri,
    ]);
}

/// What only a file can suffer.
mod file {
    contract!(
        sqlite,
        [
            audit::the_log_verifies_and_every_tampering_is_found_at_its_place,
            damage::a_second_process_is_told_that_the_directory_is_taken,
            damage::a_flipped_bit_is_a_fault_and_never_served,
            damage::noise_in_the_file_never_becomes_an_answer,
        ]
    );
}
