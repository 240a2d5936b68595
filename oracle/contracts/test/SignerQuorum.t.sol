// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {SignerQuorum} from "../src/SignerQuorum.sol";
import {Scene} from "./Scene.sol";

/// @title Who counts, and who never does
contract SignerQuorumTest is Scene {
    bytes32 private constant DIGEST = keccak256("digest");
    uint256 private constant CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function refuses(bytes memory signatures, bytes memory reason) private {
        vm.expectRevert(reason);
        quorum.requireQuorum(1, DIGEST, signatures);
    }

    function test_three_of_four_are_a_quorum() public view {
        quorum.requireQuorum(1, DIGEST, signed(DIGEST));
        bytes memory others =
            bytes.concat(signature(keys[0], DIGEST), signature(keys[2], DIGEST), signature(keys[3], DIGEST));
        quorum.requireQuorum(1, DIGEST, others);
    }

    function test_counts_follow_the_quorum_rule() public {
        uint256[4] memory sizes = [uint256(1), 4, 7, 10];
        uint256[4] memory faulty = [uint256(0), 1, 2, 3];
        uint256[4] memory needed = [uint256(1), 3, 5, 7];
        for (uint256 i = 0; i < sizes.length; ++i) {
            vm.prank(OWNER);
            uint32 setId = quorum.addSignerSet(addressesOf(sortedKeys(100, sizes[i])));
            (uint8 n, uint8 f, uint8 q, bool active, address[] memory members) = quorum.signerSet(setId);
            equal(n, sizes[i]);
            equal(f, faulty[i]);
            equal(q, needed[i]);
            holds(active, "a new set is active");
            equal(members.length, n);
        }
    }

    function test_too_few_and_too_many_are_refused() public {
        bytes memory two = bytes.concat(signature(keys[0], DIGEST), signature(keys[1], DIGEST));
        refuses(two, abi.encodeWithSelector(SignerQuorum.SignatureCountInvalid.selector, 195, 130));
        bytes memory four = bytes.concat(signed(DIGEST), signature(keys[3], DIGEST));
        refuses(four, abi.encodeWithSelector(SignerQuorum.SignatureCountInvalid.selector, 195, 260));
        refuses("", abi.encodeWithSelector(SignerQuorum.SignatureCountInvalid.selector, 195, 0));
    }

    function test_a_duplicate_counts_once() public {
        bytes memory one = signature(keys[1], DIGEST);
        refuses(
            bytes.concat(signature(keys[0], DIGEST), one, one),
            abi.encodeWithSelector(SignerQuorum.SignersNotAscending.selector, 2, vm.addr(keys[1]))
        );
    }

    function test_unsorted_signers_are_refused() public {
        refuses(
            bytes.concat(signature(keys[1], DIGEST), signature(keys[0], DIGEST), signature(keys[2], DIGEST)),
            abi.encodeWithSelector(SignerQuorum.SignersNotAscending.selector, 1, vm.addr(keys[0]))
        );
    }

    function test_high_s_is_refused() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[0], DIGEST);
        bytes memory twin = abi.encodePacked(r, bytes32(CURVE_ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        refuses(
            bytes.concat(twin, signature(keys[1], DIGEST), signature(keys[2], DIGEST)),
            abi.encodeWithSelector(SignerQuorum.SignatureInvalid.selector, 0)
        );
    }

    function test_what_recovers_to_nobody_never_counts() public {
        bytes memory rest = bytes.concat(signature(keys[1], DIGEST), signature(keys[2], DIGEST));
        bytes memory reason = abi.encodeWithSelector(SignerQuorum.SignatureInvalid.selector, 0);
        refuses(bytes.concat(new bytes(65), rest), reason);
        (, bytes32 r, bytes32 s) = vm.sign(keys[0], DIGEST);
        refuses(bytes.concat(abi.encodePacked(r, s, uint8(0)), rest), reason);
        refuses(bytes.concat(abi.encodePacked(r, s, uint8(29)), rest), reason);
    }

    function test_a_stranger_never_counts() public {
        for (uint256 stranger = 90; stranger < 99; ++stranger) {
            uint256[] memory mixed = new uint256[](3);
            (mixed[0], mixed[1], mixed[2]) = sorted(keys[0], keys[3], stranger);
            uint256 index = mixed[0] == stranger ? 0 : mixed[1] == stranger ? 1 : 2;
            refuses(
                bytes.concat(signature(mixed[0], DIGEST), signature(mixed[1], DIGEST), signature(mixed[2], DIGEST)),
                abi.encodeWithSelector(SignerQuorum.SignerNotMember.selector, index, vm.addr(stranger))
            );
        }
    }

    /// @dev Two sorted keys and a third one put where its address belongs.
    function sorted(uint256 low, uint256 high, uint256 third) private pure returns (uint256, uint256, uint256) {
        if (vm.addr(third) < vm.addr(low)) return (third, low, high);
        if (vm.addr(third) < vm.addr(high)) return (low, third, high);
        return (low, high, third);
    }

    function test_a_set_that_never_was_reads_as_nothing() public view {
        (uint8 n,,, bool active, address[] memory members) = quorum.signerSet(9);
        equal(n, 0);
        holds(!active, "it is not active");
        equal(members.length, 0);
    }

    function test_an_old_set_stays_valid_until_it_is_retired() public {
        vm.prank(OWNER);
        uint32 second = quorum.addSignerSet(addressesOf(sortedKeys(50, 4)));
        quorum.requireQuorum(1, DIGEST, signed(DIGEST));
        vm.expectRevert();
        quorum.requireQuorum(second, DIGEST, signed(DIGEST));
        vm.prank(OWNER);
        quorum.retireSignerSet(1);
        refuses(signed(DIGEST), abi.encodeWithSelector(SignerQuorum.SignerSetInactive.selector, 1));
        (uint8 n,,, bool active, address[] memory members) = quorum.signerSet(1);
        equal(n, 4);
        equal(members.length, 4);
        holds(!active, "a retired set can be read");
    }

    function test_a_set_that_never_was_is_refused() public {
        vm.expectRevert(abi.encodeWithSelector(SignerQuorum.SignerSetInactive.selector, 9));
        quorum.requireQuorum(9, DIGEST, "");
        vm.prank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(SignerQuorum.SignerSetInactive.selector, 9));
        quorum.retireSignerSet(9);
    }

    function test_only_the_owner_changes_sets() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(this)));
        quorum.addSignerSet(addressesOf(keys));
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(this)));
        quorum.retireSignerSet(1);
    }

    function test_members_ascend_and_are_never_zero() public {
        address[] memory members = new address[](2);
        members[1] = address(1);
        addReverts(members, abi.encodeWithSelector(SignerQuorum.MembersNotAscending.selector, 0, address(0)));
        members[0] = address(1);
        addReverts(members, abi.encodeWithSelector(SignerQuorum.MembersNotAscending.selector, 1, address(1)));
        members[0] = address(2);
        addReverts(members, abi.encodeWithSelector(SignerQuorum.MembersNotAscending.selector, 1, address(1)));
        addReverts(new address[](0), abi.encodeWithSelector(SignerQuorum.MemberCountInvalid.selector, 0));
        addReverts(new address[](65), abi.encodeWithSelector(SignerQuorum.MemberCountInvalid.selector, 65));
    }

    function addReverts(address[] memory members, bytes memory reason) private {
        vm.prank(OWNER);
        vm.expectRevert(reason);
        quorum.addSignerSet(members);
    }

    function testFuzz_no_other_digest_passes(bytes32 digest) public {
        vm.assume(digest != DIGEST);
        bytes memory signatures = signed(DIGEST);
        vm.expectRevert();
        quorum.requireQuorum(1, digest, signatures);
    }

    function testFuzz_no_changed_byte_passes(uint256 place, uint8 change) public {
        vm.assume(change != 0);
        bytes memory signatures = signed(DIGEST);
        place = within(place, 0, signatures.length - 1);
        signatures[place] = bytes1(uint8(signatures[place]) ^ change);
        vm.expectRevert();
        quorum.requireQuorum(1, DIGEST, signatures);
    }
}
