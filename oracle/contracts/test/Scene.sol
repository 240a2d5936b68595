// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {Commitment, Settlement, SettlementLedger} from "../src/SettlementLedger.sol";
import {SignerQuorum} from "../src/SignerQuorum.sol";
import {TestEuro} from "../src/TestEuro.sol";
import {Check} from "./Check.sol";

/// @title Four signers, a funded ledger, and the makers of what the tests send
abstract contract Scene is Check {
    address internal constant OWNER = address(0xA11CE);
    address internal constant GUARDIAN = address(0x6A4D);
    address internal constant PAYEE = address(0xB0B);
    bytes32 internal constant EVENT = keccak256("event");
    bytes32 internal constant SALT = keccak256("salt");
    uint96 internal constant FUNDED = 1_000_000_000;

    uint256[] internal keys;
    SignerQuorum internal quorum;
    SettlementLedger internal ledger;
    TestEuro internal token;

    function setUp() public virtual {
        keys = sortedKeys(1, 4);
        quorum = new SignerQuorum(OWNER, addressesOf(keys));
        token = new TestEuro(address(this));
        ledger = new SettlementLedger(IERC20(address(token)), quorum, OWNER, GUARDIAN);
        fund(FUNDED);
    }

    function fund(uint96 amount) internal {
        token.mint(address(this), amount);
        token.approve(address(ledger), amount);
        ledger.fund(amount);
    }

    /// @dev count private keys from first on, sorted by their address.
    function sortedKeys(uint256 first, uint256 count) internal pure returns (uint256[] memory sorted) {
        sorted = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 key = first + i;
            uint256 place = i;
            for (; place > 0 && vm.addr(sorted[place - 1]) > vm.addr(key); --place) {
                sorted[place] = sorted[place - 1];
            }
            sorted[place] = key;
        }
    }

    function addressesOf(uint256[] memory list) internal pure returns (address[] memory addresses) {
        addresses = new address[](list.length);
        for (uint256 i = 0; i < list.length; ++i) {
            addresses[i] = vm.addr(list[i]);
        }
    }

    function signature(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev Signatures of the first three members, in order.
    function signed(bytes32 digest) internal view returns (bytes memory) {
        return bytes.concat(signature(keys[0], digest), signature(keys[1], digest), signature(keys[2], digest));
    }

    function commitment(bytes32 eventId, uint96 maxLiability) internal pure returns (Commitment memory) {
        return Commitment({
            eventId: eventId,
            revision: 1,
            signerSet: 1,
            epoch: 0,
            deliveryStart: 1_768_924_800,
            commitmentRoot: keccak256(abi.encode("orders", eventId)),
            maxLiability: maxLiability,
            dataHash: keccak256(abi.encode("core", eventId))
        });
    }

    /// @dev The run that may follow now: next sequence, current root, one leaf for PAYEE.
    function settlement(bytes32 eventId, uint96 total) internal view returns (Settlement memory) {
        return Settlement({
            sequence: ledger.sequence() + 1,
            eventId: eventId,
            revision: 1,
            runType: 1,
            signerSet: 1,
            epoch: 0,
            commitmentRoot: keccak256(abi.encode("orders", eventId)),
            evidenceRoot: keccak256("lines"),
            entitlementRoot: ledger.hashEntitlement(PAYEE, total, SALT),
            total: total,
            previousRoot: ledger.entitlementRoot(),
            asOf: 1_768_968_000,
            dataHash: keccak256("settlement core")
        });
    }

    function commit(bytes32 eventId, uint96 maxLiability) internal {
        Commitment memory c = commitment(eventId, maxLiability);
        ledger.commit(c, signed(ledger.hashCommitment(c)));
    }

    function settle(Settlement memory s) internal {
        ledger.settle(s, signed(ledger.hashSettlement(s)));
    }

    /// @dev Signs first, because a call in between would meet the expectation.
    function settleReverts(Settlement memory s, bytes memory reason) internal {
        bytes memory signatures = signed(ledger.hashSettlement(s));
        vm.expectRevert(reason);
        ledger.settle(s, signatures);
    }

    function commitReverts(Commitment memory c, bytes memory reason) internal {
        bytes memory signatures = signed(ledger.hashCommitment(c));
        vm.expectRevert(reason);
        ledger.commit(c, signatures);
    }

    function claimReverts(address payee, uint96 lifetime, bytes memory reason) internal {
        vm.expectRevert(reason);
        ledger.claim(payee, lifetime, SALT, new bytes32[](0));
    }

    function pairRoot(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return Hashes.commutativeKeccak256(left, right);
    }

    function oneSibling(bytes32 sibling) internal pure returns (bytes32[] memory proof) {
        proof = new bytes32[](1);
        proof[0] = sibling;
    }
}
