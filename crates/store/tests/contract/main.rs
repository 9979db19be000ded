//! What every engine must do. Each scenario takes a [`world::World`] and knows nothing of the engine; the lists at the end run
//! them for each engine.
#![cfg(test)]

mod allways;
mod apart;
mod audit;
mod cases;
mod concurrent;
mod crash;
mod damage;
mod everything;
mod families;
mod include;
mod listening;
mod lots;
mod messages;
mod modifiers;
mod paging;
mod people;
mod pickup;
mod proof;
mod proxies;
mod reindex;
mod replica;
mod requests;
mod rights;
mod search;
mod server;
mod snooping;
mod stories;
mod table;
mod told;
mod versions;
mod walk;
mod who_sees;
mod withheld;
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
    snooping::planted_snooping_in_a_month_of_work_is_found,
    walk::the_log_is_walked_by_time_in_pages_by_those_who_run_the_installation,
    told::the_parents_of_a_small_child_are_told_unless_they_are_kept_out,
    told::a_child_of_twelve_and_a_grown_up_are_told_themselves_once_for_each_basis,
    told::those_who_see_a_thing_are_known_to_the_platform_alone,
    told::who_has_stopped_their_account_is_told_by_letter_of_what_they_would_see,
    told::no_program_but_the_platform_reaches_how_a_person_is_told,
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
    paging::a_cursor_of_what_may_not_be_seen_is_one_of_what_never_was,
    paging::type_wide_pages_visit_everything_once,
    paging::type_wide_pages_stay_exact_while_others_write,
    paging::pages_go_on_when_another_clause_becomes_the_narrower,
    paging::a_search_of_the_most_clauses_is_answered,
    paging::a_citizens_type_wide_pages_hold_what_may_be_seen,
    rights::a_citizen_sees_their_own_and_nothing_of_a_stranger,
    rights::a_parent_sees_a_small_childs_appointments_until_the_address_differs,
    rights::what_is_hidden_is_neither_found_nor_counted,
    rights::a_parents_view_of_the_log_does_not_tell_of_what_is_hidden,
    rights::a_citizen_may_not_write_what_no_rule_opens,
    rights::a_write_cannot_move_a_strangers_resource_to_oneself,
    rights::an_old_version_about_another_is_not_shown,
    rights::one_s_own_log_does_not_tell_of_what_is_hidden_from_oneself,
    rights::personnel_do_not_find_out_which_ids_are_taken,
    audit::every_look_up_is_in_the_log_of_the_citizen_it_concerns,
    audit::ones_own_look_ups_can_be_left_out_of_the_log_however_many_they_are,
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
    messages::what_comes_of_a_message_waits_in_a_lane_of_its_own_and_apart,
    messages::work_that_is_kept_goes_on_where_it_was_and_waiting_is_no_attempt,
    messages::what_reached_nobody_is_listed_until_somebody_settles_it,
    messages::an_ephemeral_value_ends_on_time_and_is_taken_once,
    messages::of_those_who_change_what_they_have_read_one_does,
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

/// Who may see what, as sentences.
mod sentences {
    every_engine!([
        allways::every_way_shows_each_actor_the_same,
        lots::whatever_the_family_the_promises_hold,
        apart::what_none_may_see_changes_no_answer,
        apart::what_parents_may_not_see_changes_no_answer_to_them,
        families::a_parent_loses_access_when_the_child_turns_twelve,
        families::a_child_signs_in_from_the_thirteenth_birthday,
        families::at_sixteen_all_passes_from_the_parents_to_the_youth,
        families::a_proxy_can_be_received_from_the_eighteenth_birthday,
        families::a_leap_day_child_grows_older_on_the_first_of_march,
        families::in_summer_a_birthday_begins_at_midnight_in_oslo_too,
        families::of_parents_who_part_the_one_with_the_childs_address_goes_on,
        families::a_court_decision_opens_for_a_parent_who_lives_elsewhere,
        families::a_parent_who_moved_abroad_sees_nothing,
        families::a_parent_who_lost_responsibility_sees_nothing,
        families::a_foster_placement_ends_at_midnight,
        families::a_foster_placement_without_an_end_opens_nothing,
        families::foster_parents_see_messages_only_when_they_are_shared,
        families::a_protected_address_on_either_side_closes_every_representation,
        families::a_secret_appointment_at_the_youth_clinic_is_hidden_from_parents,
        families::a_parents_consent_opens_for_the_youth_until_it_is_withdrawn,
        families::a_parent_gives_this_one_consent_for_a_child_over_twelve_and_no_other,
        families::a_parent_who_may_not_see_the_child_may_not_consent_either,
        families::a_label_hides_from_the_one_it_names_and_nobody_else,
        families::an_assigned_proxy_for_a_child_is_no_way_past_what_parents_may_not_see,
        families::a_guardianship_alone_opens_no_content,
        families::one_who_is_guardian_and_proxy_sees_as_a_proxy,
        families::an_acute_stop_withholds_a_child_from_the_parents_at_once,
        families::a_referral_is_opened_one_by_one_for_parents_and_youth_and_closed_again,
        proxies::each_area_of_a_proxy_opens_its_own_and_no_more,
        proxies::a_proxy_withdrawn_while_it_reads_is_refused_the_next_request,
        proxies::a_proxy_never_has_more_than_the_giver,
        proxies::a_proxy_not_accepted_refused_or_ended_opens_nothing,
        proxies::a_proxy_expires_at_midnight,
        proxies::a_proxy_given_by_number_is_found_as_it_is_read,
        proxies::one_under_eighteen_receives_no_proxy_and_one_under_sixteen_gives_none,
        proxies::an_assigned_proxy_lasts_at_most_five_years,
        proxies::next_of_kin_learn_time_and_place_and_see_no_content,
        proxies::an_area_that_has_grown_must_be_confirmed_again,
        proxies::one_with_two_proxies_from_two_people_sees_of_each_what_each_gave,
        proxies::a_proxy_is_nothing_to_hand_on,
        proxies::an_inactive_account_leaves_proxies_their_work_and_a_stopped_one_its_owner_nothing,
        proxies::a_dead_proxy_and_a_dead_giver_open_nothing,
        pickup::the_counter_learns_yes_or_no_and_until_when,
        pickup::all_that_is_no_is_one_no_and_what_is_closed_elsewhere_is_closed_at_the_counter,
        pickup::the_giver_finds_the_look_up_and_nobody_else_may_ask,
        pickup::who_collects_reads_for_whom_and_until_when,
        requests::a_request_is_its_owners_and_a_proxy_for_the_record_follows_it,
        requests::a_parent_follows_a_childs_request_until_the_child_is_twelve,
        requests::who_treats_a_person_sees_who_acts_for_them_and_not_what_they_have_asked,
        requests::what_follows_from_a_change_lands_with_it_or_not_at_all_and_is_not_followed_itself,
        who_sees::a_youth_is_told_which_parents_see_each_appointment_and_they_what_the_youth_sees,
        who_sees::who_sees_names_everybody_with_their_own_rule_and_no_number,
        who_sees::who_sees_is_told_to_the_person_and_to_parents_of_small_children_alone,
        who_sees::why_another_sees_nothing_is_not_told_when_it_is_a_matter_of_their_own,
        who_sees::to_ask_about_what_is_hidden_is_to_ask_about_what_never_was,
        who_sees::who_sees_agrees_with_what_everybody_is_answered_themselves,
        who_sees::a_simulation_decides_as_of_its_day_and_stands_in_the_log_of_the_person,
        who_sees::a_simulation_is_for_administrators_about_people_who_are_there,
        withheld::a_result_shows_by_itself_when_its_delay_is_over,
        withheld::personnel_release_a_result_now_later_or_by_themselves_only,
        withheld::a_note_can_be_delayed_and_a_proxy_waits_too,
        withheld::a_referral_of_a_child_to_psychiatry_waits_ten_days,
        withheld::a_search_finds_a_result_from_its_very_moment,
        withheld::the_dead_have_no_access_and_those_declared_dead_by_mistake_have_all_of_it_back,
        withheld::a_dead_parent_represents_nobody,
        withheld::a_stopped_account_is_closed_until_it_is_opened_again,
        withheld::the_level_of_consent_bounds_what_the_platform_shows,
        withheld::a_block_of_all_personnel_gives_way_to_the_patients_yes_and_to_an_emergency,
        withheld::a_block_by_name_holds_in_emergencies_too,
        withheld::personnel_without_a_care_relation_see_nothing_unless_it_is_an_emergency,
        withheld::what_is_shielded_opens_to_the_patient_and_in_an_emergency,
        withheld::a_reservation_closes_a_register_for_everybody,
        withheld::a_nurse_who_is_the_patients_mother_has_two_roles_and_mixes_them_never,
        withheld::a_restriction_that_cannot_be_read_restricts,
        withheld::whoever_has_closed_everything_to_themself_can_open_it_again,
        withheld::a_citizen_blocks_and_lifts_but_does_not_open_a_stopped_account,
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
